"""What the tests stand on: servers, worker, browser, reference data. No test lives here."""
