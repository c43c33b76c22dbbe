"""CMS's own code files, read as they are published: HCPCS releases, ASP payment limits, ASP NDC crosswalks."""
