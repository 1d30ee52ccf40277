"""The joint office: meetings, resolutions with the cities' signatures, follow-up, common bodies."""
