"""Draws the simulated reviews as SVG."""

from collections.abc import Sequence
from html import escape

from benchmarks.common.results import Record
from benchmarks.review.report import by_problem
from benchmarks.review.simulation import GOALS, TOOLS

# Colour and dashes of each line. cleanlab is orange, the vote purple, MSLG blue or green.
LINES = {
    "random": ("#6b7280", "2 4"),
    "cleanlab": ("#c2410c", "none"),
    "cleanlab_rerun": ("#c2410c", "7 3"),
    "cleanlab_accepting": ("#f59e0b", "7 3"),
    "vote_rerun": ("#7e22ce", "7 3"),
    "vote_accepting": ("#c084fc", "7 3"),
    "ours": ("#1d4ed8", "2 3"),
    "ours_rerun": ("#1d4ed8", "7 3"),
    "ours_budget": ("#047857", "2 3"),
    "ours_rerun_budget": ("#047857", "none"),
    "ours_accepting": ("#047857", "2 4"),
}
PANEL, GAP, LEGEND = (300, 190), (50, 56), 20
COLUMNS = 3
LOWEST = 0.6
STYLE = 'font-family="system-ui, sans-serif" font-size="11" role="img"'


def chart(records: Sequence[Record]) -> str:
    """SVG of label accuracy over decisions. Each problem has a panel with its first seed."""
    panels = by_problem(records)
    rows = -(-len(panels) // COLUMNS)
    width = COLUMNS * (PANEL[0] + GAP[0]) + GAP[0]
    top = LEGEND * -(-len(TOOLS) // COLUMNS) + GAP[1]
    height = top + rows * (PANEL[1] + GAP[1])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {STYLE}>',
        "<title>Label accuracy over decisions of a reviewer, by tool</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *(_legend(place, tool) for place, tool in enumerate(TOOLS)),
    ]
    for place, (title, group) in enumerate(panels.items()):
        x = GAP[0] + place % COLUMNS * (PANEL[0] + GAP[0])
        y = top + place // COLUMNS * (PANEL[1] + GAP[1])
        parts.append(f'<g transform="translate({x} {y})">{_panel(title, group[0])}</g>')
    return "\n".join([*parts, "</svg>\n"])


def _legend(place: int, tool: str) -> str:
    x = GAP[0] + place % COLUMNS * (PANEL[0] + GAP[0])
    y = LEGEND * (1 + place // COLUMNS)
    colour, dashes = LINES[tool]
    return (
        f'<line x1="{x}" x2="{x + 30}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="2" '
        f'stroke-dasharray="{dashes}"/><text x="{x + 38}" y="{y + 4}">{escape(TOOLS[tool])}</text>'
    )


def _panel(title: str, record: Record) -> str:
    """Axes and lines of one problem. The origin is the upper left corner."""
    width, height = PANEL
    end = max(
        figures["needed"][str(GOALS[-1])] or figures["decisions"]
        for tool, figures in record["tools"].items()
        if tool.startswith("cleanlab") and tool != "cleanlab_accepting"
    )
    parts = [
        f'<text y="-8" font-weight="600">{escape(title)}</text>',
        f'<rect width="{width}" height="{height}" fill="none" stroke="#9ca3af"/>',
        *(_grid_line(goal / 100) for goal in (70, 80, *GOALS)),
        *(_tick(round(end * share), share) for share in (0, 0.5, 1)),
        *(_line(figures["curve"], end, *LINES[tool]) for tool, figures in record["tools"].items()),
    ]
    return "".join(parts)


def _grid_line(accuracy: float) -> str:
    y = _y(accuracy)
    return (
        f'<line x2="{PANEL[0]}" y1="{y}" y2="{y}" stroke="#e5e7eb"/>'
        f'<text x="-6" y="{y + 4}" text-anchor="end">{accuracy:.0%}</text>'
    )


def _tick(decisions: int, share: float) -> str:
    text, anchor = (f"{decisions:,} decisions", "end") if share == 1 else (f"{decisions:,}", "middle")
    return f'<text x="{share * PANEL[0]:.0f}" y="{PANEL[1] + 16}" text-anchor="{anchor}">{text}</text>'


def _line(curve: Sequence[tuple[int, float]], end: int, colour: str, dashes: str) -> str:
    """The part of a curve inside the panel."""
    points = [
        f"{decisions / end * PANEL[0]:.1f},{_y(max(accuracy, LOWEST))}"
        for decisions, accuracy in curve
        if decisions <= end
    ]
    return (
        f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" stroke-width="2" '
        f'stroke-dasharray="{dashes}"/>'
    )


def _y(accuracy: float) -> float:
    return round((1 - accuracy) / (1 - LOWEST) * PANEL[1], 1)
