/** Search and filters in the address of the page of all images. Pure. */
import { readFlag, readText } from "@/lib/search-values";

export interface ImageSearch {
  /** Part of a file name, or an id. */
  search?: string;
  /** Given label. */
  label?: string;
  reviewed?: boolean;
}

/** Search and filters from an address; invalid values are ignored. */
export function readImageSearch(search: Record<string, unknown>): ImageSearch {
  return {
    search: readText(search.search),
    label: readText(search.label),
    reviewed: readFlag(search.reviewed),
  };
}
