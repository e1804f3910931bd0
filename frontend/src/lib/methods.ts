/** Display names of the methods. */
import type { Method } from "@/lib/client/types";

export const METHOD_NAMES: Readonly<Record<Method, string>> = {
  mslg: "MSLG",
  auto: "Automatic",
  cross_entropy: "Cross entropy",
  generalized_ce: "Generalised cross entropy",
  symmetric_ce: "Symmetric cross entropy",
  bootstrap: "Bootstrap",
  forward: "Forward correction",
  co_teaching: "Co-teaching",
  joint_optimization: "Joint optimisation",
  pencil: "PENCIL",
  mlnt: "MLNT",
  meta_weight_net: "Meta-Weight-Net",
};
