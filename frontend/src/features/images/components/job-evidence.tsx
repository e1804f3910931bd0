import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { LINK } from "@/components/ui/table";
import { thumbnailUrl } from "@/lib/annotate/images";
import { byLikelihood } from "@/lib/annotate/likelihood";
import { resultDetailQuery } from "@/lib/annotate/queries";
import type { ResultDetail, Sample } from "@/lib/client/types";
import { formatCount, formatPercent, formatScore } from "@/lib/format";
import { toProblem } from "@/lib/problem";

/** More classes would hide the ones that matter. */
const SHOWN_CLASSES = 8;

type Similar = ResultDetail["neighbours"]["given"];

function SoftLabel({ detail, classes }: { detail: ResultDetail; classes: readonly string[] }) {
  const likely = byLikelihood(classes, detail.soft_label).slice(0, SHOWN_CLASSES);
  return (
    <ul aria-label="Soft label" className="space-y-1 text-sm">
      {likely.map(({ label, probability }) => (
        <li key={label}>
          <span className="flex justify-between gap-2">
            <span className="truncate">{label}</span>
            <span className="text-muted">{formatPercent(probability)}</span>
          </span>
          <span aria-hidden="true" className="block h-1 rounded-full bg-line">
            <span
              className="block h-1 rounded-full bg-accent"
              style={{ width: `${probability * 100}%` }}
            />
          </span>
        </li>
      ))}
    </ul>
  );
}

function SimilarImages({ label, images }: { label: string; images: Similar }) {
  if (images.length === 0) return null;
  return (
    <figure>
      <figcaption className="mb-1 text-sm text-muted">verified as {label}</figcaption>
      <ul className="flex flex-wrap gap-2">
        {images.map(({ sample_id, file_name }) => (
          <li key={sample_id}>
            <Link to="/images/$sampleId" params={{ sampleId: sample_id }}>
              <img
                src={thumbnailUrl(sample_id, 96)}
                alt={`Sample ${file_name}`}
                className="size-16 rounded border border-line bg-stage object-contain hover:border-ink"
              />
            </Link>
          </li>
        ))}
      </ul>
    </figure>
  );
}

interface Props {
  jobId: string;
  sample: Sample;
  classes: readonly string[];
}

/** What a job learned about the image: soft label, rank, and the verified images that resemble it most. */
export function JobEvidence({ jobId, sample, classes }: Props) {
  const { data, error } = useQuery(resultDetailQuery(jobId, sample.id));
  if (error !== null) {
    return (
      <Panel title="Soft label">
        <p className="text-muted">
          The newest job did not rank this image: {toProblem(error).title}.
        </p>
      </Panel>
    );
  }
  if (data === undefined) return <Loading lines={3} label="Loading the soft label" />;
  const { neighbours } = data;
  const isDifferent = data.suggested_label !== data.given_label;
  const hasSimilar = neighbours.given.length + neighbours.suggested.length > 0;
  return (
    <>
      <Panel
        title="Soft label"
        aside={
          <Link to="/jobs/$jobId" params={{ jobId }} className={LINK}>
            newest job
          </Link>
        }
      >
        <p className="mb-2 text-sm">
          Rank {formatCount(data.rank)}, score {formatScore(data.label_score)}, suggestion{" "}
          <strong>{data.suggested_label}</strong>
          {data.corrected_by === "model" && ", which is accepted"}
        </p>
        <SoftLabel detail={data} classes={classes} />
      </Panel>
      {hasSimilar && (
        <Panel title="Similar verified images">
          <div className="space-y-3">
            <SimilarImages label={data.given_label} images={neighbours.given} />
            {isDifferent && (
              <SimilarImages label={data.suggested_label} images={neighbours.suggested} />
            )}
          </div>
        </Panel>
      )}
    </>
  );
}
