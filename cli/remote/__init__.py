"""Commands that run on a service: `mslg --server URL clean | datasets | export`. May import `mslg_client`."""
