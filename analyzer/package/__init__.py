"""A solicitation with its terms and attachments as one thing: roles, order of precedence, conflicts, exposure."""

from analyzer.package.members import Member
from analyzer.package.review import PackageReview, review_package

__all__ = ["Member", "PackageReview", "review_package"]
