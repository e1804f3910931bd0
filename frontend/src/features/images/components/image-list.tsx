import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { ClearFilters } from "@/components/ui/clear-filters";
import { SelectField, TextField } from "@/components/ui/field";
import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { thumbnailUrl } from "@/lib/annotate/images";
import type { Sample } from "@/lib/client/types";
import { type ImageSearch, readImageSearch } from "@/lib/image-search";
import { filterOptions } from "@/lib/options";

import { imagesQuery } from "../api/queries";

interface Props {
  datasetId: string;
  classes: readonly string[];
  filters: ImageSearch;
  onFilter: (filters: ImageSearch) => void;
}

const REVIEWED = filterOptions("Any", { false: "Not reviewed", true: "Reviewed" });

function Filters({ classes, filters, onFilter }: Omit<Props, "datasetId">) {
  const [text, setText] = useState(filters.search ?? "");
  const set = (changes: Record<string, string>) => {
    onFilter(readImageSearch({ ...filters, ...changes }));
  };
  return (
    <form
      role="search"
      className="mb-4 flex flex-wrap items-end gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        set({ search: text.trim() });
      }}
    >
      <TextField
        label="File name or id"
        type="search"
        className="w-64"
        maxLength={200}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
        }}
      />
      <Button type="submit">Search</Button>
      <SelectField
        label="Given label"
        className="w-44"
        value={filters.label ?? ""}
        options={filterOptions("Any", classes)}
        onChange={(label) => {
          set({ label });
        }}
      />
      <SelectField
        label="Reviewed"
        className="w-40"
        value={filters.reviewed === undefined ? "" : String(filters.reviewed)}
        options={REVIEWED}
        onChange={(reviewed) => {
          set({ reviewed });
        }}
      />
      <ClearFilters
        filters={filters}
        onClear={() => {
          setText("");
          onFilter({});
        }}
      />
    </form>
  );
}

function ImageCard({ sample }: { sample: Sample }) {
  const { id, file_name, given_label, settled_label } = sample;
  const isWrong = settled_label !== null && settled_label !== given_label;
  return (
    <li className="min-w-0">
      <Link
        to="/images/$sampleId"
        params={{ sampleId: id }}
        className="block rounded-md border border-line bg-surface p-1 text-xs hover:border-ink"
      >
        <img
          src={thumbnailUrl(id, 192)}
          alt={`Sample ${file_name}`}
          loading="lazy"
          className="mb-1 aspect-square w-full rounded bg-stage object-contain [image-rendering:pixelated]"
        />
        <span className="block truncate font-medium">
          {given_label}
          {isWrong && <span className="text-bad"> → {settled_label}</span>}
        </span>
        <span className="block truncate font-mono text-muted" title={file_name}>
          {file_name}
        </span>
      </Link>
    </li>
  );
}

/** All images of a dataset with their given labels, also before there is any job. */
export function ImageList(props: Props) {
  const { datasetId, filters } = props;
  const query = useInfiniteQuery(imagesQuery(datasetId, filters));
  const samples = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <Filters {...props} key={filters.search ?? ""} />
      {query.isPending && <Loading lines={6} label="Loading images" />}
      {query.error !== null && (
        <ProblemPanel error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.isSuccess && samples.length === 0 && (
        <p className="text-muted">
          No image matches. Search for part of a file name, or a whole id.
        </p>
      )}
      <ul
        aria-label="Images"
        className="grid grid-cols-[repeat(auto-fill,minmax(7.5rem,1fr))] gap-2.5"
      >
        {samples.map((sample) => (
          <ImageCard key={sample.id} sample={sample} />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button
          className="mt-4"
          disabled={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          Show more images
        </Button>
      )}
    </>
  );
}
