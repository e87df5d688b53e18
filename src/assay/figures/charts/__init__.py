"""Charts drawn on the server as SVG, one module each.

Every module has a frozen chart, `draw(chart, theme=…)` and `table_of(chart)` with the same numbers.
Every mark carries them too, exact, in `data-*`, and says them in `aria-label`.
"""
