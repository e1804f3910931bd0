/** Names of what a job can learn from; timm's networks have their own. */
const NAMES: Readonly<Record<string, string>> = {
  patches: "patches of the images",
  pretrained: "the pretrained network EfficientNet-Lite0",
  joined: "the pretrained network EfficientNet-Lite0 and patches",
  frozen: "the named network",
};

/** What a job has learned from, in a few words. */
export function describeBackbone(backbone: string): string {
  if (backbone === "train") return "a network trained on the images";
  return `features: ${NAMES[backbone] ?? backbone}`;
}
