"""clearing in pieces."""

import sqlalchemy as sa
from alembic import op


revision = '0020'
down_revision = '0013'
branch_labels = None
depends_on = None

REFERENCE = sa.String(length=64).with_variant(sa.String(length=64, collation='C'), 'postgresql')


def upgrade() -> None:
    """Bring the store to this revision. What earlier cuts collected keeps its lines and sums."""
    with op.batch_alter_table('clearing_cuts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('currency', sa.String(length=3), nullable=False, server_default='CNY', comment='that the cycle clears'))
        batch_op.add_column(sa.Column('stage', sa.String(length=9), nullable=False, server_default='done', comment='of collecting: see codes.Stage'))
        batch_op.add_column(sa.Column('at_sequence', sa.BigInteger(), nullable=False, server_default='0', comment='transfers up to it are collected'))
        batch_op.add_column(sa.Column('at_account', sa.BigInteger(), nullable=False, server_default='0', comment='whose lines are being summed'))
        batch_op.add_column(sa.Column('at_reference', REFERENCE, nullable=True, comment='up to it; null: nothing of the account yet'))
    op.execute('UPDATE clearing_cuts SET at_sequence = up_to_sequence')
    with op.batch_alter_table('clearing_cuts', schema=None) as batch_op:
        for name in ('currency', 'stage', 'at_sequence', 'at_account'):
            batch_op.alter_column(name, server_default=None)
    with op.batch_alter_table('clearing_carried', schema=None) as batch_op:
        batch_op.alter_column('reference', type_=REFERENCE, existing_type=sa.String(length=64), existing_nullable=False)
    op.create_table('clearing_pairs',
    sa.Column('cut', sa.Integer(), autoincrement=False, nullable=False, comment='number of the cut'),
    sa.Column('account', sa.BigInteger(), autoincrement=False, nullable=False, comment='its number'),
    sa.Column('account_id', sa.String(length=64), nullable=False),
    sa.Column('own', sa.String(length=80), nullable=False),
    sa.Column('other', sa.String(length=80), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False, comment='sum of the lines'),
    sa.Column('lines', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('carry', sa.Boolean(), nullable=False, comment='a later cut must take all its lines'),
    sa.Column('taken_by', sa.Integer(), nullable=True, comment='number of the cut that has taken them, or is at it'),
    sa.PrimaryKeyConstraint('cut', 'account', name=op.f('pk_clearing_pairs')),
    comment="what this city's lines of a cycle come to, by own and other party"
    )
    with op.batch_alter_table('clearing_pairs', schema=None) as batch_op:
        batch_op.create_index('ix_clearing_pairs_carry', ['cut', 'account'], unique=False, sqlite_where=sa.text('carry'), postgresql_where=sa.text('carry'))
    op.execute(
        'INSERT INTO clearing_pairs (cut, account, account_id, own, other, amount_fen, lines, digest, carry) '
        "SELECT c.number, a.number, a.id, l.own, l.other, sum(l.amount_fen), count(*), '', false "
        'FROM clearing_lines l JOIN clearing_cuts c ON c.cycle = l.cycle '
        'JOIN ledger_accounts a ON a.id = l.account GROUP BY c.number, a.number, a.id, l.own, l.other'
    )
    op.execute('CREATE TABLE clearing_lines_before AS SELECT cycle, reference, account, amount_fen FROM clearing_lines')
    op.drop_table('clearing_lines')
    op.create_table('clearing_lines',
    sa.Column('cut', sa.Integer(), autoincrement=False, nullable=False, comment='number of the cut'),
    sa.Column('account', sa.BigInteger(), autoincrement=False, nullable=False, comment='its number'),
    sa.Column('reference', REFERENCE, nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False, comment='above zero the other owes it'),
    sa.PrimaryKeyConstraint('cut', 'account', 'reference', name=op.f('pk_clearing_lines')),
    sqlite_with_rowid=False,
    comment="this city's lines of each cycle"
    )
    op.execute(
        'INSERT INTO clearing_lines (cut, account, reference, amount_fen) '
        'SELECT c.number, a.number, l.reference, l.amount_fen FROM clearing_lines_before l '
        'JOIN clearing_cuts c ON c.cycle = l.cycle JOIN ledger_accounts a ON a.id = l.account'
    )
    op.drop_table('clearing_lines_before')
