import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";

import { foldersQuery, sourceOptionsQuery } from "../api/queries";
import { SourceForm } from "./source-form";

interface ChooserProps {
  address: string;
  onChosen: (address: string) => void;
}

/** The way to a folder, each part of which leads back to it. */
function Way({ address, onChosen }: ChooserProps) {
  const parts = address.replace(/^folder:/, "").split("/");
  return (
    <nav aria-label="Chosen folder" className="flex flex-wrap items-center gap-1">
      {parts.map((part, index) => (
        <Button
          key={index}
          look="quiet"
          aria-current={index === parts.length - 1 ? "location" : undefined}
          onClick={() => {
            onChosen(`folder:${parts.slice(0, index + 1).join("/")}`);
          }}
        >
          {part} /
        </Button>
      ))}
    </nav>
  );
}

function Subfolders({ address, onChosen }: ChooserProps) {
  const { data, error } = useQuery(foldersQuery(address));
  if (error !== null) return <ProblemPanel error={error} />;
  if (data === undefined) return <Loading />;
  if (data.items.length === 0) return <p className="text-sm text-muted">No folders in it.</p>;
  return (
    <ul
      aria-label="Folders in it"
      className="max-h-64 overflow-y-auto rounded-md border border-line"
    >
      {data.items.map((folder) => (
        <li key={folder.address}>
          <Button
            look="quiet"
            className="w-full justify-start"
            onClick={() => {
              onChosen(folder.address);
            }}
          >
            {folder.name}
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** A dataset of a folder of the server. */
export function FolderForm() {
  const { data: options, error } = useQuery(sourceOptionsQuery);
  const [address, setAddress] = useState<string | null>(null);
  const roots = options?.folders ?? [];

  return (
    <SourceForm title="A folder of the server" fields={address === null ? null : { address }}>
      {error !== null && <ProblemPanel error={error} />}
      {options !== undefined && roots.length === 0 && (
        <p>
          No folder may be used. An administrator allows folders with the setting{" "}
          <code>MSLG_SOURCE_FOLDERS</code>.
        </p>
      )}
      {roots.length > 0 && (
        <div role="group" aria-label="Folders of the server" className="flex flex-wrap gap-2">
          {roots.map((root) => (
            <Button
              key={root}
              aria-pressed={address?.split("/")[0] === `folder:${root}`}
              onClick={() => {
                setAddress(`folder:${root}`);
              }}
            >
              {root}
            </Button>
          ))}
        </div>
      )}
      {address !== null && (
        <>
          <Way address={address} onChosen={setAddress} />
          <Subfolders address={address} onChosen={setAddress} />
        </>
      )}
    </SourceForm>
  );
}
