"""people: accounts and sessions."""

import sqlalchemy as sa
from alembic import op


revision = '0030'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the store to this revision."""
    op.create_table('accounts',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('login', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False, comment='officer, joint, operator or resident'),
    sa.Column('name', sa.String(length=128), nullable=False),
    sa.Column('organisation', sa.String(length=128), nullable=False),
    sa.Column('allows', sa.JSON(), nullable=False, comment="operation names, 'field.*', '*', 'operator'"),
    sa.Column('person', sa.String(length=18), nullable=True, comment="a resident's identity number"),
    sa.Column('password', sa.String(length=256), nullable=True, comment='Argon2id, RFC 9106, with its parameters'),
    sa.Column('totp', sa.String(length=256), nullable=True, comment="RFC 6238 key, sealed with the node's own"),
    sa.Column('totp_step', sa.BigInteger(), nullable=False, comment='the last time step that was used'),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('locked_until_ms', sa.BigInteger(), nullable=False),
    sa.Column('issuer', sa.String(length=256), nullable=True, comment='OpenID Connect: who vouches'),
    sa.Column('subject', sa.String(length=256), nullable=True, comment='OpenID Connect: for whom'),
    sa.Column('sample', sa.Boolean(), nullable=False, comment="a demonstration's: anybody may be it"),
    sa.Column('closed', sa.Boolean(), nullable=False),
    sa.Column('created_at_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts')),
    sa.UniqueConstraint('issuer', 'subject', name=op.f('uq_accounts_issuer_subject')),
    sa.UniqueConstraint('login', name=op.f('uq_accounts_login'))
    )
    op.create_table('sessions',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('account', sa.String(length=32), nullable=False),
    sa.Column('method', sa.String(length=12), nullable=False, comment='password, openid or sample'),
    sa.Column('began_at_ms', sa.BigInteger(), nullable=False),
    sa.Column('seen_at_ms', sa.BigInteger(), nullable=False),
    sa.Column('ends_at_ms', sa.BigInteger(), nullable=False),
    sa.Column('proved_at_ms', sa.BigInteger(), nullable=False, comment='when the person last proved it'),
    sa.ForeignKeyConstraint(['account'], ['accounts.id'], name=op.f('fk_sessions_account_accounts')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_sessions'))
    )
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sessions_account'), ['account'], unique=False)
        batch_op.create_index('ix_sessions_ends', ['ends_at_ms'], unique=False)
