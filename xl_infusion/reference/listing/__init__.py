"""Every drug code that CMS lists, and what drugs are called: tables made out of its own files (`made`)."""
