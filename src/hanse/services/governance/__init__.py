"""The league's own institutions: meetings, special groups, experts, briefing, press, forum."""
