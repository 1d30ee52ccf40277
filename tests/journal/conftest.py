"""The towns of the exchange's tests, for their journals."""

from tests.exchange.conftest import clock, make_league, pair

__all__ = ["clock", "make_league", "pair"]
