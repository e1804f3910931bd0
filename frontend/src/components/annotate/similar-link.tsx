import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { LINK } from "@/components/ui/table";
import { issueCountsQuery } from "@/lib/issues";

interface Props {
  jobId: string;
  sampleId: string;
}

/** Link to all images that look like this one; hidden for jobs without an index of them. */
export function SimilarLink({ jobId, sampleId }: Props) {
  const { data: counts } = useQuery(issueCountsQuery(jobId));
  if (counts?.has_similar !== true) return null;
  return (
    <Link
      to="/jobs/$jobId/selection"
      params={{ jobId }}
      search={{ like: sampleId }}
      className={`mt-1.5 inline-flex min-h-6 items-center text-xs pointer-coarse:min-h-11 ${LINK}`}
    >
      All images like this
    </Link>
  );
}
