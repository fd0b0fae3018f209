// Hydrates the page, some time after other scripts have run.

import { hydrateRoot } from "react-dom/client";

import { Site } from "./site.jsx";

const { wait, ...data } = self.__next_f;
setTimeout(() => {
  hydrateRoot(document, <Site {...data} path={location.pathname} />, {
    onRecoverableError: (error) => console.error("hydration:", error),
  });
}, wait);
