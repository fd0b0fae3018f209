import { validateModule } from "../modules/validate.js";

export function version() {
  return validateModule.call((core) => core.version());
}
