// Takes the page over, some time after the scripts of others have run.

import { hydrateRoot } from "react-dom/client";

import { Site } from "./site.jsx";

const { wait, ...data } = self.__next_f;
setTimeout(() => {
  hydrateRoot(document, <Site {...data} path={location.pathname} />, {
    onRecoverableError: (error) => console.error("hydration:", error),
  });
}, wait);
