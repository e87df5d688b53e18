"""How a number is shown: frozen values in; formatted text, SVG and exported tables out.

Owns number formats by region, tables and their exports, and the charts.
Knows neither the database nor the web; every sentence it draws is handed to it in the reader's language.
"""
