import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";

export default defineConfig({
  // Any file server will do, and any path on it.
  base: "./",
  build: { target: "es2023", outDir: "../target/www", emptyOutDir: true, assetsInlineLimit: 0 },
  worker: { format: "es" },
  plugins: [
    VitePWA({
      // After the first load everything works without a network.
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
        // The module for the user's own schemas is not used here.
        globIgnores: ["**/prefect_events_schemas*"],
        maximumFileSizeToCacheInBytes: 3_000_000,
      },
    }),
  ],
});
