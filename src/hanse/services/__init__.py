"""What the league does, in the fields of the policy. The list below is the whole registry."""

from hanse.mechanisms.exchange.operations import Service
from hanse.services.finance.clearing import operations as clearing
from hanse.services.finance.clearing import tables as _clearing_tables
from hanse.services.finance.deposits import operations as deposits
from hanse.services.finance.deposits import tables as _deposits_tables
from hanse.services.governance.briefing import operations as briefing
from hanse.services.governance.briefing import tables as _briefing_tables
from hanse.services.governance.conference import operations as conference
from hanse.services.governance.conference import tables as _conference_tables
from hanse.services.governance.experts import operations as experts
from hanse.services.governance.experts import tables as _experts_tables
from hanse.services.governance.forum import operations as forum
from hanse.services.governance.forum import tables as _forum_tables
from hanse.services.governance.press import operations as press
from hanse.services.governance.press import tables as _press_tables
from hanse.services.governance.taskforces import operations as taskforces
from hanse.services.governance.taskforces import tables as _taskforces_tables
from hanse.services.health.results import operations as results
from hanse.services.health.results import tables as _results_tables
from hanse.services.market.credit import operations as credit
from hanse.services.market.credit import tables as _credit_tables
from hanse.services.market.registration import operations as registration
from hanse.services.market.registration import tables as _registration_tables
from hanse.services.safety.traffic import operations as traffic
from hanse.services.safety.traffic import tables as _traffic_tables
from hanse.services.social.insurance import operations as insurance
from hanse.services.social.insurance import tables as _insurance_tables
from hanse.services.social.pensions import operations as pensions
from hanse.services.social.pensions import tables as _pensions_tables
from hanse.services.social.retirees import operations as retirees
from hanse.services.social.retirees import tables as _retirees_tables

ALL: tuple[Service, ...] = (
    traffic.SERVICE,
    credit.SERVICE,
    results.SERVICE,
    insurance.SERVICE,
    deposits.SERVICE,
    clearing.SERVICE,
    pensions.SERVICE,
    retirees.SERVICE,
    registration.SERVICE,
    conference.SERVICE,
    press.SERVICE,
    forum.SERVICE,
    taskforces.SERVICE,
    briefing.SERVICE,
    experts.SERVICE,
)
TABLES = (
    _traffic_tables,
    _credit_tables,
    _results_tables,
    _insurance_tables,
    _deposits_tables,
    _clearing_tables,
    _pensions_tables,
    _retirees_tables,
    _registration_tables,
    _conference_tables,
    _press_tables,
    _forum_tables,
    _taskforces_tables,
    _briefing_tables,
    _experts_tables,
)
