/** Fields of the launch form and their conversion to a request. Pure. */
import type { JobCreate, Method, PretrainedNetwork } from "@/lib/client/types";
import { METHOD_NAMES } from "@/lib/methods";

/** One line on each method, in the order of the form. */
const SUMMARIES: Readonly<Record<Method, string>> = {
  mslg: "learns soft labels from verified labels",
  auto: "tries several methods, keeps the best on the hold-out",
  meta_weight_net: "learns a weight per sample from verified labels",
  co_teaching: "two networks select samples for each other",
  joint_optimization: "updates labels to the network's past predictions",
  pencil: "learns soft labels together with the network",
  mlnt: "meta-learning against synthetic label noise",
  forward: "estimates which classes are confused",
  generalized_ce: "a loss less sensitive to unlikely labels",
  symmetric_ce: "a loss more robust to wrong labels",
  bootstrap: "mixes labels with the network's predictions",
  cross_entropy: "plain training, as a baseline",
};

export const METHODS = (Object.keys(SUMMARIES) as Method[]).map((value) => ({
  value,
  label: `${METHOD_NAMES[value]}: ${SUMMARIES[value]}`,
}));

export const NETWORKS = ["auto", "cnn8", "resnet18", "resnet34", "resnet50"] as const;

/** What features are made of; further networks are in the service's folder of weights. */
export const BACKBONES: readonly { value: string; label: string }[] = [
  { value: "", label: "Automatic: what predicts the labels best" },
  { value: "pretrained", label: "Pretrained network (EfficientNet-Lite0)" },
  { value: "joined", label: "Pretrained network and patches" },
  { value: "patches", label: "Patches of the images" },
  { value: "train", label: "None: train a network" },
];

/** The choices of the form, with the networks that the service lists. */
export function toBackboneOptions(weights: readonly PretrainedNetwork[]) {
  const own = weights.filter(({ file_name }) => file_name !== null);
  return [...BACKBONES, ...own.map(({ backbone }) => ({ value: backbone, label: backbone }))];
}

/** Optional numbers; the service chooses missing ones from the data. */
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
  /** A value of `BACKBONES`, or a network in the folder of weights. */
  backbone: string;
  network: (typeof NETWORKS)[number];
  /** Random horizontal flips in training: suits photographs, not digits or letters. */
  horizontalFlip: boolean;
  numbers: Readonly<Partial<Record<NumberField, string>>>;
  /** Training time of `auto`, in minutes. */
  timeBudget: string;
}

export const EMPTY_FORM: JobForm = {
  name: "",
  method: "mslg",
  backbone: "",
  network: "auto",
  horizontalFlip: false,
  numbers: {},
  timeBudget: "",
};

/** Whether the choice of a network matters: features come from a network of their own. */
export function trainsNetwork(form: JobForm): boolean {
  return form.backbone === "" || form.backbone === "train";
}

/** Sends only the chosen settings; the service has defaults for the others. */
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
      ...(form.backbone !== "" && { backbone: form.backbone }),
      ...(trainsNetwork(form) && form.network !== "auto" && { network: form.network }),
      ...(form.horizontalFlip && { horizontal_flip: true }),
      ...numbers,
    },
    ...(name !== "" && { name }),
  };
}
