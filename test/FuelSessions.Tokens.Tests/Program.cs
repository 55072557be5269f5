// A process of its own, for the tests that need several.
return 2;
