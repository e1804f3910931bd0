import { type ReactNode, useState } from "react";

import { Button } from "@/components/ui/button";
import { formatCount } from "@/lib/format";

// A page with thousands of rows takes seconds to draw.
const MAX_ROWS = 300;

interface Props<Row> {
  rows: readonly Row[];
  children: (shown: readonly Row[]) => ReactNode;
}

/** Draws the first rows of a long table, with a button for all of them. */
export function FirstRows<Row>({ rows, children }: Props<Row>) {
  const [all, setAll] = useState(false);
  const isCut = !all && rows.length > MAX_ROWS;
  return (
    <>
      {children(isCut ? rows.slice(0, MAX_ROWS) : rows)}
      {isCut && (
        <Button
          className="mt-2"
          onClick={() => {
            setAll(true);
          }}
        >
          Show all {formatCount(rows.length)}
        </Button>
      )}
    </>
  );
}
