import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { INPUT_CLASS } from "@/components/ui/field";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { useDeleteView, useRenameView, useSaveView, viewsQuery } from "@/lib/arrangement";
import type { SavedView } from "@/lib/client/types";
import { readReviewSearch, type ReviewSearch } from "@/lib/review-search";

interface Props {
  datasetId: string;
  page: SavedView["page"];
  filters: ReviewSearch;
  onChange: (filters: ReviewSearch) => void;
}

/** The filters as they are stored: only those that are set. */
function stored(filters: ReviewSearch): Record<string, string | number | boolean | string[]> {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
}

function NameForm({
  action,
  name,
  onName,
}: {
  action: string;
  name: string;
  onName: (name: string) => void;
}) {
  const [text, setText] = useState(name);
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    if (text.trim() !== "") onName(text.trim());
  };
  return (
    <form onSubmit={onSubmit} className="flex gap-2">
      <input
        aria-label="Name of the view"
        placeholder="Name of the view"
        maxLength={100}
        className={INPUT_CLASS}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
        }}
      />
      <Button type="submit">{action}</Button>
    </form>
  );
}

function View({
  datasetId,
  view,
  onOpen,
}: {
  datasetId: string;
  view: SavedView;
  onOpen: () => void;
}) {
  const [isRenamed, setRenamed] = useState(false);
  const rename = useRenameView(datasetId);
  const remove = useDeleteView(datasetId);
  if (isRenamed) {
    return (
      <li className="space-y-1">
        <NameForm
          action="Rename"
          name={view.name}
          onName={(name) => {
            rename.mutate(
              { id: view.id, name },
              {
                onSuccess: () => {
                  setRenamed(false);
                },
              },
            );
          }}
        />
        {rename.error !== null && <ProblemPanel error={rename.error} />}
      </li>
    );
  }
  return (
    <li className="flex items-center gap-2">
      <Button look="quiet" className="min-w-0 grow justify-start truncate" onClick={onOpen}>
        {view.name}
      </Button>
      <Button
        aria-label={`Rename ${view.name}`}
        onClick={() => {
          setRenamed(true);
        }}
      >
        Rename
      </Button>
      <Button
        aria-label={`Delete ${view.name}`}
        onClick={() => {
          remove.mutate(view.id);
        }}
      >
        Delete
      </Button>
    </li>
  );
}

/** Opens, saves, renames and deletes the views of this page. Each is also an address that can be shared. */
export function SavedViews({ datasetId, page, filters, onChange }: Props) {
  const [isOpen, setOpen] = useState(false);
  const { data } = useQuery(viewsQuery(datasetId));
  const save = useSaveView(datasetId);
  const views = (data?.items ?? []).filter((view) => view.page === page);
  return (
    <>
      <Button
        onClick={() => {
          setOpen(true);
        }}
      >
        Views
      </Button>
      <Dialog
        title="Saved views"
        description="Filters and order under a name, for everybody in this dataset. To share one, open it and copy the address."
        open={isOpen}
        onOpenChange={setOpen}
      >
        <div className="space-y-3">
          {views.length === 0 && <p className="text-muted">No views yet.</p>}
          <ul className="space-y-1">
            {views.map((view) => (
              <View
                key={view.id}
                datasetId={datasetId}
                view={view}
                onOpen={() => {
                  onChange(readReviewSearch(view.search));
                  setOpen(false);
                }}
              />
            ))}
          </ul>
          <NameForm
            key={views.length}
            action="Save these filters"
            name=""
            onName={(name) => {
              save.mutate({ name, page, search: stored(filters) });
            }}
          />
          {save.error !== null && <ProblemPanel error={save.error} />}
        </div>
      </Dialog>
    </>
  );
}
