import { RankingLink } from "@/components/charts/ranking-link";
import { cx } from "@/components/ui/cx";
import { FirstRows } from "@/components/ui/first-rows";
import { ScrollBox } from "@/components/ui/scroll-box";
import { LINK, NUMBER, TABLE, TD, TH } from "@/components/ui/table";
import type { ClassFigures } from "@/lib/client/types";
import { formatCount, formatPercent, formatScore } from "@/lib/format";

interface Props {
  jobId: string;
  figures: readonly ClassFigures[];
}

function issueShare({ issues, given }: ClassFigures): number {
  return given === 0 ? 0 : issues / given;
}

/** Figures per class, worst first. */
export function ClassTable({ jobId, figures }: Props) {
  const worstFirst = [...figures].sort((a, b) => issueShare(b) - issueShare(a));
  return (
    <ScrollBox label="Figures per class" className="max-h-112">
      <FirstRows rows={worstFirst}>
        {(shown) => (
          <table className={TABLE}>
            <thead>
              <tr>
                <th className={TH}>Class</th>
                <th className={cx(TH, NUMBER)}>Given</th>
                <th className={cx(TH, NUMBER)}>Suggested</th>
                <th className={cx(TH, NUMBER)}>Flagged</th>
                <th className={cx(TH, NUMBER)}>Share</th>
                <th className={cx(TH, NUMBER)}>Mean score</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((figure) => (
                <tr key={figure.label_class}>
                  <td className={cx(TD, "max-w-48")}>
                    <RankingLink
                      jobId={jobId}
                      search={{ given: figure.label_class, reviewed: false }}
                      className={cx(LINK, "break-words")}
                    >
                      {figure.label_class}
                    </RankingLink>
                  </td>
                  <td className={cx(TD, NUMBER)}>{formatCount(figure.given)}</td>
                  <td className={cx(TD, NUMBER)}>{formatCount(figure.suggested)}</td>
                  <td className={cx(TD, NUMBER)}>{formatCount(figure.issues)}</td>
                  <td className={cx(TD, NUMBER)}>{formatPercent(issueShare(figure))}</td>
                  <td className={cx(TD, NUMBER, "text-muted")}>
                    {figure.mean_score === null ? "–" : formatScore(figure.mean_score)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </FirstRows>
    </ScrollBox>
  );
}
