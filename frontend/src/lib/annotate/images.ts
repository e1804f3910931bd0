import { API_ROOT } from "@/lib/client/client";

export type ThumbnailSize = 96 | 192 | 384;

export function imageUrl(sampleId: string): string {
  return `${API_ROOT}/samples/${sampleId}/image`;
}

export function thumbnailUrl(sampleId: string, size: ThumbnailSize): string {
  return `${API_ROOT}/samples/${sampleId}/thumbnail?size=${size}`;
}
