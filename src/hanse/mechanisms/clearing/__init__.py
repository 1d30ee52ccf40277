"""Clearing: what parties owe each other becomes what each pays or receives once.

- `obligations`: one debt of one party to another, and what makes it none;
- `positions`: gross obligations into a matrix, bilateral and multilateral net positions;
- `bounds`: how far down a party's position may go: its funds, its net debit cap;
- `gridlock`: the largest part of all queues that can settle at once, in order (FIFO);
- `optimum`: the largest part by value or count, where later payments may pass earlier ones.

These modules are pure: integers of the minor unit in, integers out, no clock and no store.
"""
