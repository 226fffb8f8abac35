#!/usr/bin/env python3
"""A fiftieth of the Scottish shape: campaigns and counts give the published figures; the generator makes the same mails everywhere."""
import os, shutil, sys, tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import scotland, shape, tap
from tap import check, equal

SHARE = 50


def test_the_sums_are_the_published_ones():
    whole = scotland.figures()
    equal((scotland.CAMPAIGN + scotland.PETITION + scotland.SUBSTANTIVE, sum(n for _, n in scotland.CAMPAIGNS)), (61328, 21077), "mails")
    equal((whole["responses"], whole["campaign_members"]), (61328 - 793, 21077 + 31033), "figures")


def test_the_same_seed_makes_the_same_mails():
    equal(scotland.digest(7, 400), scotland.digest(7, 400), "digest")
    check(scotland.digest(7, 400) != scotland.digest(8, 400), "another seed makes the same mails")


def test_a_fiftieth_gives_the_published_figures():
    work = tempfile.mkdtemp(prefix="hoering-long-")
    try:
        what = shape.lay_out(work, SHARE)
        d, seconds, peak = shape.file_all(work, 300)
        print(f"# {len(what)} mails in {seconds:.1f} s, {len(what) / seconds:.0f} mails/s, hoeringd's peak {peak:.0f} MB")
        shape.hold_against(d, what, SHARE)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    tap.run([test_the_sums_are_the_published_ones, test_the_same_seed_makes_the_same_mails, test_a_fiftieth_gives_the_published_figures])
    tap.finish()
