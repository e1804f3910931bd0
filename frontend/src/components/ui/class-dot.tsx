/** The colour of a class, if one was chosen. The name beside it says the same. */
export function ClassDot({ colour }: { colour: string | null | undefined }) {
  if (colour == null) return null;
  return (
    <span
      aria-hidden="true"
      className="inline-block size-2.5 shrink-0 rounded-full border border-line"
      style={{ background: colour }}
    />
  );
}
