import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { FirstRows } from "@/components/ui/first-rows";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ScrollBox } from "@/components/ui/scroll-box";
import { TABLE, TH } from "@/components/ui/table";
import { classesQuery, isActive } from "@/lib/classes";
import type { DatasetClass } from "@/lib/client/types";

import { type ClassCommand, useChangeClasses } from "../api/queries";
import { ClassDialog } from "./class-dialog";
import { ClassRow } from "./class-row";
import { MergeDialog } from "./merge-dialog";

type Open = { type: "add" } | { type: "edit" | "merge"; edited: DatasetClass } | null;

interface TableProps {
  active: readonly DatasetClass[];
  isBusy: boolean;
  onOpen: (open: Open) => void;
  perform: (command: ClassCommand) => void;
}

/** The indices after the class at `place` has moved by one. */
function moved(active: readonly DatasetClass[], place: number, by: -1 | 1): number[] {
  const indices = active.map(({ index }) => index);
  const [one] = indices.splice(place, 1);
  if (one !== undefined) indices.splice(place + by, 0, one);
  return indices;
}

function ClassTable({ active, isBusy, onOpen, perform }: TableProps) {
  return (
    <ScrollBox label="Classes" className="max-h-96">
      <FirstRows rows={active}>
        {(shown) => (
          <table className={TABLE}>
            <thead>
              <tr>
                <th className={TH}>Order</th>
                <th className={TH}>Class</th>
                <th className={TH}>Key</th>
                <th className={TH}>
                  <span className="sr-only">Change</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((one, place) => (
                <ClassRow
                  key={one.index}
                  shown={one}
                  isBusy={isBusy}
                  isFirst={place === 0}
                  isLast={place === active.length - 1}
                  onMove={(by) => {
                    perform({ type: "order", indices: moved(active, place, by) });
                  }}
                  onEdit={() => {
                    onOpen({ type: "edit", edited: one });
                  }}
                  onMerge={() => {
                    onOpen({ type: "merge", edited: one });
                  }}
                  onRemove={() => {
                    perform({ type: "remove", index: one.index });
                  }}
                />
              ))}
            </tbody>
          </table>
        )}
      </FirstRows>
    </ScrollBox>
  );
}

/** The classes that are no longer given. */
function Gone({ classes }: { classes: readonly DatasetClass[] }) {
  if (classes.length === 0) return null;
  return (
    <p className="text-sm text-muted">
      {classes
        .map(({ name, merged_into }) =>
          merged_into == null ? `${name} was removed` : `${name} is read as ${merged_into}`,
        )
        .join("; ")}
      .
    </p>
  );
}

/** The classes of a dataset: order, names, colours, keys and guidelines; merge and remove. */
export function ClassesPanel({ datasetId }: { datasetId: string }) {
  const { data: classes, error, refetch } = useQuery(classesQuery(datasetId));
  const change = useChangeClasses(datasetId);
  const [open, setOpen] = useState<Open>(null);
  const close = () => {
    setOpen(null);
    change.reset();
  };
  const perform = (command: ClassCommand) => {
    change.mutate(command, { onSuccess: close });
  };
  const active = classes?.filter(isActive) ?? [];
  return (
    <Panel
      title="Classes"
      aside={
        <Button
          onClick={() => {
            setOpen({ type: "add" });
          }}
        >
          Add a class
        </Button>
      }
    >
      <div className="space-y-3">
        {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
        {change.error !== null && open === null && <ProblemPanel error={change.error} />}
        {classes === undefined && error === null && <Loading />}
        {active.length > 0 && (
          <ClassTable
            active={active}
            isBusy={change.isPending}
            onOpen={setOpen}
            perform={perform}
          />
        )}
        <Gone classes={classes?.filter((one) => !isActive(one)) ?? []} />
      </div>
      {open !== null && open.type !== "merge" && (
        <ClassDialog
          edited={open.type === "edit" ? open.edited : null}
          error={change.error}
          isBusy={change.isPending}
          onClose={close}
          onSave={perform}
        />
      )}
      {open?.type === "merge" && (
        <MergeDialog
          merged={open.edited}
          others={active.filter(({ index }) => index !== open.edited.index)}
          error={change.error}
          isBusy={change.isPending}
          onClose={close}
          onMerge={(into) => {
            perform({ type: "merge", index: open.edited.index, into });
          }}
        />
      )}
    </Panel>
  );
}
