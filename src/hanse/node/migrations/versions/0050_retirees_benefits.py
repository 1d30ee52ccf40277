"""benefits of retirees have numbers of their own."""

import json

import sqlalchemy as sa
from alembic import op


revision = '0050'
down_revision = '0045'
branch_labels = None
depends_on = None

READ_AT_ONCE = 500


def upgrade() -> None:
    """Bring the store to this revision. Of two persons under one number the first keeps it."""
    kept = op.create_table('retirees_benefits',
    sa.Column('benefit_id', sa.String(length=64), nullable=False),
    sa.Column('citizen_id', sa.String(length=18), nullable=False),
    sa.PrimaryKeyConstraint('benefit_id', name=op.f('pk_retirees_benefits')),
    comment="whose each benefit is: payments are known by the benefit's number alone"
    )
    recipients = sa.table('retirees_recipients', sa.column('citizen_id'), sa.column('document'))
    connection, after, seen = op.get_bind(), '', set()
    while True:
        page = sa.select(recipients).where(recipients.c.citizen_id > after)
        rows = connection.execute(page.order_by(recipients.c.citizen_id).limit(READ_AT_ONCE)).all()
        if not rows:
            return
        for row in rows:
            for one in json.loads(row.document)['benefits']:
                if one['benefit_id'] not in seen:
                    seen.add(one['benefit_id'])
                    op.execute(kept.insert().values(benefit_id=one['benefit_id'], citizen_id=row.citizen_id))
        after = rows[-1].citizen_id
