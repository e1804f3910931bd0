/** The launch form's fields, and what they become in a request. Pure. */
import type { JobCreate, Method } from "@/lib/client/types";
import { METHOD_NAMES } from "@/lib/methods";

/** In the order of the form. */
const IDEAS: Readonly<Record<Method, string>> = {
  mslg: "learn soft labels from the verified ones",
  auto: "try several methods, keep the best on the hold-out",
  meta_weight_net: "learn from the verified ones how much each label counts",
  co_teaching: "two networks choose each other's samples",
  joint_optimization: "labels follow the network's past predictions",
  pencil: "learn soft labels along with the network",
  mlnt: "stay steady when neighbours' labels are mixed in",
  forward: "learn which classes are confused with which",
  generalized_ce: "a loss that unlikely labels move less",
  symmetric_ce: "a loss that forgives some wrong labels",
  bootstrap: "believe the network a little",
  cross_entropy: "plain training, as a yardstick",
};

export const METHODS = (Object.keys(IDEAS) as Method[]).map((value) => ({
  value,
  label: `${METHOD_NAMES[value]}: ${IDEAS[value]}`,
}));

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
  method: Method;
  network: (typeof NETWORKS)[number];
  /** Mirror half of the images while training: right for photographs, wrong for digits and letters. */
  horizontalFlip: boolean;
  numbers: Readonly<Partial<Record<NumberField, string>>>;
  /** Minutes that `auto` may train. */
  timeBudget: string;
}

export const EMPTY_FORM: JobForm = {
  name: "",
  method: "mslg",
  network: "auto",
  horizontalFlip: false,
  numbers: {},
  timeBudget: "",
};

/** Only what was chosen is sent; every other setting stays with the service. */
export function toRequest(datasetId: string, form: JobForm): JobCreate {
  const chosen = NUMBER_FIELDS.flatMap(({ name }) => {
    const text = form.numbers[name]?.trim() ?? "";
    return text === "" ? [] : [[name, Number(text)] as const];
  });
  const numbers: Partial<Record<NumberField, number>> = Object.fromEntries(chosen);
  const name = form.name.trim();
  const timeBudget = form.timeBudget.trim();
  return {
    dataset_id: datasetId,
    config: {
      ...(form.method === "auto" && timeBudget !== ""
        ? { method: form.method, time_budget: Number(timeBudget) }
        : { method: form.method }),
      ...(form.network !== "auto" && { network: form.network }),
      ...(form.horizontalFlip && { horizontal_flip: true }),
      ...numbers,
    },
    ...(name !== "" && { name }),
  };
}
