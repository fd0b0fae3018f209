import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";
import { VitePWA } from "vite-plugin-pwa";

import { npmNotice, write } from "../tools/pack/notices.js";

const NOTICES = "third-party-notices.txt";

/** Licences that Vite does not see: crates in the WebAssembly modules, fonts, and the service worker. */
const otherNotices: Plugin = {
  name: "other-notices",
  generateBundle: {
    order: "post",
    handler(_options, bundle) {
      const notices = bundle[NOTICES];
      if (notices?.type !== "asset") return this.error(`Vite wrote no ${NOTICES}`);
      const names = [
        "@fontsource/ibm-plex-mono",
        "idb",
        "workbox-core",
        "workbox-expiration",
        "workbox-precaching",
        "workbox-routing",
        "workbox-strategies",
        "vite-plugin-pwa",
      ];
      const crates = readFileSync(
        new URL("../pkg/THIRD_PARTY_NOTICES.txt", import.meta.url),
        "utf8",
      );
      notices.source = [notices.source, write(names.map(npmNotice)), crates].join("\n");
    },
  },
};

export default defineConfig({
  // Works on any file server, at any path.
  base: "./",
  build: {
    target: "es2023",
    outDir: "../target/www",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    license: { fileName: NOTICES },
  },
  worker: { format: "es" },
  plugins: [
    otherNotices,
    VitePWA({
      // After the first load, everything works offline.
      registerType: "autoUpdate",
      injectRegister: "script-defer",
      manifest: {
        name: "prefect-events",
        short_name: "prefect-events",
        description: "Check Prefect events and automations before you deploy them.",
        icons: [{ src: "icon.svg", sizes: "any", type: "image/svg+xml" }],
        theme_color: "#0b6e75",
        background_color: "#fbfaf8",
        display: "minimal-ui",
      },
      workbox: {
        globPatterns: ["**/*.{html,js,css,svg,woff2,wasm}"],
        // The module for the user's own schemas is not used here, and few need that for servers: it is cached at first use.
        globIgnores: ["**/prefect_events_schemas*", "**/prefect_events_live*.wasm"],
        runtimeCaching: [
          {
            urlPattern: /\/prefect_events_live[^/]*\.wasm$/,
            handler: "CacheFirst",
            options: { cacheName: "servers", expiration: { maxEntries: 1 } },
          },
        ],
        maximumFileSizeToCacheInBytes: 3_000_000,
      },
    }),
  ],
});
