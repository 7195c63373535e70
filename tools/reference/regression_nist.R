# Digits that R's lm reaches on NIST's linear regression sets, from the rows.
# Base R alone (made with R 4.2.2). Run from the root of the repository, where
# model/regression/testdata/nist holds the sets:
#
#     Rscript tools/reference/regression_nist.R > model/regression/testdata/regression_nist_r.csv
#
# Prints per set the coefficients and standard errors with 17 digits. tol is
# lowered for Filip, which lm otherwise answers with a missing coefficient.

folder <- "model/regression/testdata/nist"
sets <- list(
  Norris = y ~ x, Pontius = y ~ x + I(x^2), NoInt1 = y ~ x - 1, NoInt2 = y ~ x - 1,
  Longley = y ~ x1 + x2 + x3 + x4 + x5 + x6,
  Filip = y ~ x + I(x^2) + I(x^3) + I(x^4) + I(x^5) + I(x^6) + I(x^7) + I(x^8) + I(x^9) + I(x^10),
  Wampler1 = y ~ x + I(x^2) + I(x^3) + I(x^4) + I(x^5)
)
for (k in 2:5) sets[[paste0("Wampler", k)]] <- sets$Wampler1
cat("set,coefficient,estimate,std_error\n")
for (name in names(sets)) {
  fit <- lm(sets[[name]], data = read.csv(file.path(folder, paste0(name, ".csv"))), tol = 1e-16)
  rows <- suppressWarnings(summary(fit)$coefficients)
  first <- if (attr(terms(fit), "intercept") == 1) 0 else 1
  for (i in seq_len(nrow(rows))) {
    cat(sprintf("%s,B%d,%.17g,%.17g\n", name, first + i - 1, rows[i, 1], rows[i, 2]))
  }
}
