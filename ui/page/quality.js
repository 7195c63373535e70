// Which measures there are of models, and how a few of them are told in a line.
import { number, percent } from "./dom.js";

// Measures in the order of their importance: name, words, whether more is better.
export const measures = [
  ["r2", "R²", true], ["rmse", "RMSE", false], ["mae", "mean absolute error", false],
  ["accuracy", "accuracy", true], ["auc", "ROC area", true], ["log_loss", "log loss", false], ["kappa", "Cohen's kappa", true], ["brier", "Brier score", false],
  ["adjusted_r2", "adjusted R²", true], ["aicc", "AICc", false],
];

// brief tells the running quality of a model in a few words.
export function brief(m) {
  const q = m.quality || {}, parts = [];
  if (m.problem) return m.problem;
  if (q.accuracy !== undefined) parts.push(percent(q.accuracy) + " right");
  if (q.auc !== undefined) parts.push("area " + number(+q.auc.toPrecision(3)));
  if (q.r2 !== undefined) parts.push("R² " + number(+q.r2.toPrecision(3)));
  if (q.rmse !== undefined) parts.push("RMSE " + number(q.rmse));
  if (m.scores) parts.push(percent(m.anomalies / m.scores) + " anomalies");
  return parts.join(", ");
}
