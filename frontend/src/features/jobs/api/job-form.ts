/** The launch form's fields, and what they become in a request. Pure. */
import type { JobCreate } from "@/lib/client/types";

export const METHODS = [
  { value: "mslg", label: "MSLG: learn soft labels from the verified ones" },
  { value: "cross_entropy", label: "Cross entropy: plain training, as a yardstick" },
] as const;

export const NETWORKS = ["auto", "cnn8", "resnet18", "resnet34", "resnet50"] as const;

/** Numbers that may be left empty: the service then chooses them from the data. */
export const NUMBER_FIELDS = [
  { name: "epochs", label: "Epochs", step: "1", min: 1 },
  { name: "warmup_epochs", label: "Warm-up epochs", step: "1", min: 0 },
  { name: "batch_size", label: "Batch size", step: "1", min: 2 },
  { name: "learning_rate", label: "Learning rate", step: "any", min: 0 },
  { name: "image_size", label: "Image size (pixels)", step: "8", min: 8 },
  { name: "seed", label: "Seed", step: "1", min: 0 },
] as const;

export type NumberField = (typeof NUMBER_FIELDS)[number]["name"];

export interface JobForm {
  name: string;
  method: "mslg" | "cross_entropy";
  network: (typeof NETWORKS)[number];
  /** Mirror half of the images while training: right for photographs, wrong for digits and letters. */
  horizontalFlip: boolean;
  numbers: Readonly<Partial<Record<NumberField, string>>>;
}

export const EMPTY_FORM: JobForm = {
  name: "",
  method: "mslg",
  network: "auto",
  horizontalFlip: false,
  numbers: {},
};

/** Only what was chosen is sent; every other setting stays with the service. */
export function toRequest(datasetId: string, form: JobForm): JobCreate {
  const chosen = NUMBER_FIELDS.flatMap(({ name }) => {
    const text = form.numbers[name]?.trim() ?? "";
    return text === "" ? [] : [[name, Number(text)] as const];
  });
  const numbers: Partial<Record<NumberField, number>> = Object.fromEntries(chosen);
  const name = form.name.trim();
  return {
    dataset_id: datasetId,
    config: {
      method: form.method,
      ...(form.network !== "auto" && { network: form.network }),
      ...(form.horizontalFlip && { horizontal_flip: true }),
      ...numbers,
    },
    ...(name !== "" && { name }),
  };
}
