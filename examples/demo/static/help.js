// The help page is words only; the script shows who is here.

import { leave, onClick, refresh } from "/page.js";

onClick("sign-out", "help", leave);
await refresh();
