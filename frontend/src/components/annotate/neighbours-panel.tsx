import { thumbnailUrl } from "@/lib/annotate/images";
import type { ResultDetail } from "@/lib/client/types";

type Neighbour = ResultDetail["neighbours"]["given"][number];

const SHOWN = 3;
/** Thumbnail size for screens with two device pixels per CSS pixel. */
const THUMBNAIL = 192;

function Row({ label, neighbours }: { label: string; neighbours: readonly Neighbour[] }) {
  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 truncate text-xs text-muted">
        Verified as <strong className="text-ink">{label}</strong>
      </figcaption>
      {neighbours.length === 0 ? (
        <p className="text-xs text-muted">None verified yet.</p>
      ) : (
        <ul className="grid max-w-52 grid-cols-3 gap-1">
          {neighbours.slice(0, SHOWN).map(({ sample_id, file_name }) => (
            <li key={sample_id} className="aspect-square overflow-hidden rounded bg-stage">
              <img
                src={thumbnailUrl(sample_id, THUMBNAIL)}
                alt={`Verified as ${label}: ${file_name}`}
                title={file_name}
                draggable={false}
                className="size-full object-contain"
                // Images smaller than the box are enlarged without smoothing.
                onLoad={({ currentTarget: image }) => {
                  if (image.naturalWidth < THUMBNAIL / 3) image.style.imageRendering = "pixelated";
                }}
              />
            </li>
          ))}
        </ul>
      )}
    </figure>
  );
}

interface Props {
  given: string;
  suggested: string | null;
  neighbours: ResultDetail["neighbours"];
}

/** Nearest neighbours in the verified set: of the given class and of the suggested class. */
export function Neighbours({ given, suggested, neighbours }: Props) {
  const isContested = suggested !== null && suggested !== given;
  return (
    <div className="grid grid-cols-2 gap-x-4">
      <Row label={given} neighbours={neighbours.given} />
      {isContested && <Row label={suggested} neighbours={neighbours.suggested} />}
    </div>
  );
}
