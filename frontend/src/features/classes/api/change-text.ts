/** Changes of a dataset in words. Pure. */
import type { DatasetDataChange } from "@/lib/client/types";
import { formatPlural } from "@/lib/format";

type Details = DatasetDataChange["details"];

function text(details: Details, name: string): string {
  const value = details[name];
  return typeof value === "string" ? value : "";
}

function images(details: Details, name: string): string {
  const value = details[name];
  return formatPlural(typeof value === "number" ? value : 0, "image");
}

function describe(kind: string, details: Details): string {
  const name = `“${text(details, "name")}”`;
  switch (kind) {
    case "created":
      return "Dataset ingested";
    case "images_added":
      return `${images(details, "new")} added, ${images(details, "updated")} updated`;
    case "verified_images_added":
      return `${images(details, "new")} with a verified label added`;
    case "class_added": {
      const author = text(details, "proposed_by");
      return `Class ${name} added${author === "" ? "" : `, as proposed by ${author}`}`;
    }
    case "class_changed":
      return `Class ${name} changed`;
    case "classes_reordered":
      return "Classes reordered";
    case "classes_merged":
      return `Class ${name} merged into “${text(details, "into")}”`;
    case "class_removed":
      return `Class ${name} removed`;
    case "class_split":
      return `Class ${name} split off ${images(details, "images")}`;
    case "images_removed":
      return `${images(details, "images")} removed`;
    case "images_restored":
      return `${images(details, "images")} restored`;
    default:
      return kind.replaceAll("_", " ");
  }
}

/** What a change did, in words. */
export function changeText({ kind, details, undoes }: DatasetDataChange): string {
  if (kind !== "undone") return describe(kind, details);
  return `Undo of change ${undoes ?? ""}: ${describe(text(details, "kind"), details)}`;
}
