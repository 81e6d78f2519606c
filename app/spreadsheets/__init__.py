"""Spreadsheets as bytes: XLSX, ODS and CSV are read into rows of typed cells, each with its address.

What stands in a cell is told apart here, as the program that wrote it knew it: 1 under the number format `0%` is 100
per cent, an error is no text, and a formula that was never computed has no value.  What a row means is not known here.
"""
