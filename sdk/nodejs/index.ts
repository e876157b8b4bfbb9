export * from "./attachment.js";
export * from "./backend.js";
export * from "./volume.js";
