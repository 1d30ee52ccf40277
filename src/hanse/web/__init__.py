"""The pages of a node: what people see of it, in Chinese and English.

A page is declared (`page.Page`), reads through operations or the node's own reads (`visit.Visit`),
and is rendered on the server; no page needs a script.
"""
