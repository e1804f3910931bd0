/**
 * What this tab has seen of each sample's decisions: the verification that a page named when it was loaded, or a newer one
 * that this tab stored. A decision carries it, so that the service refuses to replace what its author did not see.
 */
const stored = new Map<string, string>();

/** Verification ids are numbers that only grow. */
function isNewer(id: string, than: string): boolean {
  return id.length === than.length ? id > than : id.length > than.length;
}

export function noteStored(sampleId: string, verificationId: string): void {
  stored.set(sampleId, verificationId);
}

/** `page`: what the page that shows the sample has seen; null does not check for conflicts. */
export function seenOf(sampleId: string, page: string | null | undefined): string | null {
  const own = stored.get(sampleId);
  if (page == null) return null;
  return own !== undefined && isNewer(own, page) ? own : page;
}
