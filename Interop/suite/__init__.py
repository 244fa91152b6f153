"""The interoperability suite: OpenLDAP's tools, its server and its libraries against peopled."""
