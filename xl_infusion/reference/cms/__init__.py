"""CMS's own code files, read as they are published: HCPCS releases, ASP payment limits, ASP NDC crosswalks."""

from xl_infusion.reference.cms.asp import CrosswalkRecord, PriceRecord
from xl_infusion.reference.cms.findings import CmsFileError, Remark
from xl_infusion.reference.cms.hcpcs import HcpcsRecord
from xl_infusion.reference.cms.quarters import Quarter
from xl_infusion.reference.cms.release import AnyRelease, CrosswalkRelease, HcpcsRelease, PriceRelease, Release, read

__all__ = [
    "AnyRelease",
    "CmsFileError",
    "CrosswalkRecord",
    "CrosswalkRelease",
    "HcpcsRecord",
    "HcpcsRelease",
    "PriceRecord",
    "PriceRelease",
    "Quarter",
    "Release",
    "Remark",
    "read",
]
