import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Comments } from "@/components/annotate/comments-panel";
import { Metadata } from "@/components/annotate/metadata-panel";
import { Tags } from "@/components/annotate/tags-panel";
import { buttonClass } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { Stat } from "@/components/ui/stat";
import { imageUrl } from "@/lib/annotate/images";
import { useSmoothing } from "@/lib/annotate/smoothing";
import type { Sample } from "@/lib/client/types";
import { formatBytes } from "@/lib/format";
import { VERDICT_NAMES } from "@/lib/verdicts";

import { newestJobQuery } from "../api/queries";
import { ImageHistory } from "./image-history";
import { JobEvidence } from "./job-evidence";

/** Images up to this side length are shown by pixels, unless the reviewer wants them smooth. */
const TINY_SIDE = 128;

function Picture({ sample }: { sample: Sample }) {
  const [isSmooth, toggleSmoothing] = useSmoothing();
  const { id, file_name, width, height, byte_size } = sample;
  const isTiny = Math.max(width, height) <= TINY_SIDE;
  return (
    <Panel title="Image">
      <img
        src={imageUrl(id)}
        alt={`Sample ${file_name}`}
        className="mx-auto h-[min(26rem,60vh)] w-full rounded bg-stage object-contain"
        style={{ imageRendering: isTiny && !isSmooth ? "pixelated" : undefined }}
      />
      <div className="mt-3 flex flex-wrap items-center gap-3 text-sm">
        <span className="text-muted">
          {width} × {height} pixels, {formatBytes(byte_size)}
        </span>
        {isTiny && (
          <label className="flex items-center gap-1.5 pointer-coarse:min-h-11">
            <input
              type="checkbox"
              className="accent-accent"
              checked={isSmooth}
              onChange={toggleSmoothing}
            />
            Smooth
          </label>
        )}
        <a href={imageUrl(id)} download={file_name.split("/").at(-1)} className={buttonClass()}>
          Download
        </a>
      </div>
    </Panel>
  );
}

function Labels({ sample }: { sample: Sample }) {
  const { given_label, settled_label, verdict, split, external_id, id } = sample;
  const isKnown = verdict !== null && verdict !== "withdrawn";
  return (
    <Panel title="Labels">
      <dl className="flex flex-wrap gap-x-8 gap-y-3">
        <Stat label="Given label">{given_label}</Stat>
        <Stat label="Settled label">{settled_label ?? "–"}</Stat>
        <Stat label="Verdict">{isKnown ? VERDICT_NAMES[verdict] : "not reviewed"}</Stat>
        <Stat label="Verified set">
          {split === null ? "–" : split === "meta" ? "meta set" : "hold-out"}
        </Stat>
        <Stat label="Id">{id}</Stat>
        {external_id !== null && <Stat label="Your id">{external_id}</Stat>}
      </dl>
    </Panel>
  );
}

/** Everything about one image: its labels, what the newest job learned, history, opinions and comments. */
export function ImageView({ sample, classes }: { sample: Sample; classes: readonly string[] }) {
  const { data: job } = useQuery(newestJobQuery(sample.dataset_id));
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      <Picture sample={sample} />
      <div className="space-y-5">
        <Labels sample={sample} />
        {job != null && <JobEvidence jobId={job.id} sample={sample} classes={classes} />}
        {job === null && (
          <Panel title="Soft label">
            <p className="text-muted">
              No job has ranked this dataset yet.{" "}
              <Link
                to="/datasets/$datasetId"
                params={{ datasetId: sample.dataset_id }}
                className="text-accent underline"
              >
                Launch one
              </Link>
              .
            </p>
          </Panel>
        )}
      </div>
      <ImageHistory sample={sample} />
      <Panel title="Metadata">
        <Metadata sampleId={sample.id} />
      </Panel>
      <Panel title="Tags">
        <Tags datasetId={sample.dataset_id} sampleId={sample.id} />
      </Panel>
      <Panel title="Comments">
        <Comments sampleId={sample.id} />
      </Panel>
    </div>
  );
}
