"""What people see: HTML made of templates, one module a screen, by the commands and queries that operations use.

`desk` is what every screen begins with: who is signed in, which plan, as of which day, in which language.  `door` lets
people in and out.  Rights are those of the API: a screen names the permission that the operation beside it needs.
"""
