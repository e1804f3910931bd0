import { ViewHeader } from "@/components/ui/view-header";
import { MapView } from "@/features/map";
import type { Colouring } from "@/lib/map/search";

import { ViewPage } from "./view-page";

interface Props {
  jobId: string;
  colouring: Colouring;
  onColouring: (colouring: Colouring) => void;
}

/** A job's images in two dimensions. */
export function MapPage(props: Props) {
  return (
    <ViewPage jobId={props.jobId} title="Map">
      {() => <MapView {...props} header={<ViewHeader jobId={props.jobId} title="Map" />} />}
    </ViewPage>
  );
}
