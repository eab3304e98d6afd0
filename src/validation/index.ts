/**
 * `custody/validation`: the checks of a project in stages, with what they found as diagnostics, on any `Runner`.
 *
 * @module custody/validation
 */
export { detectStages } from './presets.js';
export { renderAnnotations } from './render-annotations.js';
export { renderJUnit } from './render-junit.js';
export { renderSarif } from './render-sarif.js';
export { parseStageFile, type StageFile } from './stage-file.js';
export type { StageCommand, StageResult, ValidationOutput, ValidationStage } from './stage.js';
export { validate, type ValidateOptions } from './validate.js';
